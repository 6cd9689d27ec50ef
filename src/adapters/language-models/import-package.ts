import { readFileSync } from 'node:fs'
import { createRequire, findPackageJSON } from 'node:module'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isObject, type JsonValue, parseJson } from '../../core/json.ts'

/** Thrown when a package is in neither place, to tell it from a package that fails to load. */
export class PackageNotInstalled extends Error {}

/**
 * Imports a package by name, or by path from the working directory: the user's copy first (a global
 * Waybill beside a project with its own packages), then Waybill's own.
 */
export async function importInstalled(name: string): Promise<unknown> {
  const places = [path.join(process.cwd(), 'package.json'), fileURLToPath(import.meta.url)]
  for (const place of places) {
    const found = resolveFrom(name, place)
    if (found !== null) return await import(pathToFileURL(found).href)
  }
  throw new PackageNotInstalled(`The package ${name} is not installed.`)
}

/** The file to load for `name` as seen from the file `place`; null when it is not there. */
export function resolveFrom(name: string, place: string): string | null {
  try {
    return createRequire(place).resolve(name)
  } catch {
    // Packages for `import` alone are invisible to require's resolution.
    return importEntry(name, place)
  }
}

function importEntry(name: string, place: string): string | null {
  const described = packageJsonOf(name, place)
  if (described === null) return null
  const exported = parseJson(readFileSync(described, 'utf8'))
  const subpath = `.${name.slice(packageNameOf(name).length)}`
  const entry = isObject(exported) ? entryAt(exported['exports'], subpath) : null
  return entry === null ? null : path.join(path.dirname(described), entry)
}

function packageJsonOf(name: string, place: string): string | null {
  try {
    return findPackageJSON(packageNameOf(name), pathToFileURL(place)) ?? null
  } catch {
    return null
  }
}

/** `@scope/name/sub/path#createThis` → `@scope/name`: what npm installs. */
export function packageNameOf(name: string): string {
  return name
    .replace(/#.*/, '')
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
}

/** The file a package exports for a subpath (`.` for the package itself), patterns left out. */
function entryAt(exported: JsonValue | undefined, subpath: string): string | null {
  if (isObject(exported) && exported[subpath] !== undefined) return condition(exported[subpath])
  return subpath === '.' ? condition(exported) : null
}

function condition(exported: JsonValue | undefined): string | null {
  if (typeof exported === 'string') return exported
  if (!isObject(exported)) return null
  for (const name of ['node', 'import', 'module', 'default']) {
    const found = condition(exported[name])
    if (found !== null) return found
  }
  return null
}
