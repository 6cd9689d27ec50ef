import { hash, timingSafeEqual } from 'node:crypto'
import type { Secret } from '../../core/catalog.ts'

/** Whether an `Authorization` header holds the admin token. */
export type AdminAccess = (authorization: string | undefined) => boolean

/** Digests are compared, all of the same length, in a time that tells nothing of where they differ. */
export function adminAccess(token: Secret): AdminAccess {
  const known = hash('sha256', token.reveal(), 'buffer')
  return (authorization) => {
    const presented = /^Bearer +([!-~]+) *$/i.exec(authorization ?? '')?.[1]
    return presented !== undefined && timingSafeEqual(hash('sha256', presented, 'buffer'), known)
  }
}
