export function createSimulatedUpstream(..._x: unknown[]): never { throw new Error('x') }
