import { isJsonObject, type Json, parseJson } from '@banyan/toolkit/base'

/** What the service calls the things that legacy's pages name in the paths of their calls. */
export interface InnerIds {
  /** Learns from what both arms answered to one write: where they differ at the same place, each said its own. */
  learn(legacy: Buffer, service: Buffer): void
  /** A path and query of legacy's with the service's ids in its segments. */
  targetOf(target: string): string
}

const mostKept = 100_000
const longestBody = 64 * 1024

/** Starts with no id known: then a target stays as it is. */
export function buildInnerIds(): InnerIds {
  const ofService = new Map<string, string>()
  const relate = (legacy: Json, service: Json): void => {
    if (Array.isArray(legacy) && Array.isArray(service)) {
      for (const [at, one] of legacy.entries()) relate(one, service[at] ?? null)
    } else if (isJsonObject(legacy) && isJsonObject(service)) {
      for (const [name, one] of Object.entries(legacy)) relate(one ?? null, service[name] ?? null)
    } else if (isId(legacy) && isId(service) && String(legacy) !== String(service))
      keep(String(legacy), String(service))
  }
  const keep = (legacy: string, service: string) => {
    ofService.set(legacy, service)
    const [oldest] = ofService.keys()
    if (ofService.size > mostKept && oldest !== undefined) ofService.delete(oldest)
  }
  return {
    learn: (legacy, service) => {
      if (legacy.length > longestBody || service.length > longestBody || legacy.equals(service)) return
      const [one, other] = [parseJson(legacy.toString()), parseJson(service.toString())]
      if (one !== undefined && other !== undefined) relate(one, other)
    },
    targetOf: (target) => {
      const [path = '', query] = target.split('?', 2)
      const own = path.split('/').map((segment) => ofService.get(segment) ?? segment)
      return query === undefined ? own.join('/') : `${own.join('/')}?${query}`
    },
  }
}

function isId(value: Json): value is string | number {
  return (typeof value === 'string' && value !== '' && value.length <= 64) || typeof value === 'number'
}
