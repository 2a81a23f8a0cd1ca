import type { PathStep } from '../../base/index.ts'

const plainKey = /^[A-Za-z_][\w-]*$/
const maxShownKeyLength = 120

/** The path that people read: `$.addresses[0].city`, with `["..."]` for keys that are no plain words. */
export function formatPath(steps: readonly PathStep[]): string {
  let path = '$'
  for (const step of steps) path += typeof step === 'number' ? `[${step}]` : formatKey(step)
  return path
}

function formatKey(key: string): string {
  if (plainKey.test(key)) return `.${key}`
  return `[${JSON.stringify(key.length > maxShownKeyLength ? `${key.slice(0, maxShownKeyLength)}…` : key)}]`
}

/** The path with every array index as `[*]`: what like differences of a list have in common. */
export function generalPath(path: string): string {
  return path.startsWith('$') ? path.replace(indexOrQuoted, (part) => (part.startsWith('["') ? part : '[*]')) : path
}

const indexOrQuoted = /\["(?:[^"\\]|\\.)*"\]|\[\d+\]/g
