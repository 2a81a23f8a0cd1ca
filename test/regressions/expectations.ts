import type { DifferenceCluster } from '@banyan/toolkit/compare'

/** How a regression must show in a report. */
export interface Expectation {
  /** The regression's name. */
  readonly name: string
  /** Whether a cluster is one of this regression's, by what its differences are; its guess plays no part. */
  shows(cluster: DifferenceCluster): boolean
  /** What a right guess at the cause speaks of: in its pattern or in its sentence. */
  readonly cause: RegExp
}

/** One for each of the twelve. */
export const expectations: readonly Expectation[] = [
  { name: 'unit', shows: at('$.account.balance'), cause: /times-?100\b|[×x*] ?100\b|\bcents?\b/i },
  { name: 'zone', shows: at('$.createdAt'), cause: /\bhours?\b|\bzone/i },
  { name: 'case', shows: all(at('$.name'), sample(sameInLowerCase)), cause: /\bcase\b|capital/i },
  {
    name: 'null',
    shows: all(
      at('$.phone'),
      sample((legacy, service) => legacy === null && service === ''),
    ),
    cause: /null.*empty|empty.*null/is,
  },
  { name: 'order', shows: all(at('$.addresses'), ofKind('order')), cause: /\border\b/i },
  { name: 'status', shows: ofKind('status'), cause: /\bstatus\b|\b500\b/i },
  { name: 'header', shows: ofKind('header'), cause: /cache-control|\bheader/i },
  { name: 'extra-field', shows: at('$.credentialId'), cause: /extra|\badd(s|ed)?\b|legacy (does not|never|lacks)/i },
  {
    name: 'enum-value',
    shows: all(
      at('$.addresses[*].type'),
      sample((legacy, service) => legacy === 'S' && service === 'H'),
    ),
    cause: /enum|\bcodes?\b|fixed|mapp/i,
  },
  { name: 'rounding', shows: at('$.account.averageOrder'), cause: /round/i },
  { name: 'truncation', shows: at('$.email'), cause: /trunc|\bcuts?\b|shorten/i },
  {
    name: 'stale-read',
    // In whatever the last change changed, alone or together; no other regression gives these fields another value.
    shows: any(
      at('$'),
      ...['updatedAt', 'newsletter', 'interests', 'status', 'addresses[*].line1', 'addresses[*].city'].map((field) =>
        at(`$.${field}`),
      ),
      all(at('$.phone'), sample(notNullAndEmpty)),
      all(at('$.name'), sample(notSameInLowerCase)),
    ),
    cause: /stale|earlier|\bold(er)?\b|outdated/i,
  },
]

type Shows = Expectation['shows']

function at(path: string): Shows {
  return (cluster) => cluster.path === path
}

function ofKind(kind: DifferenceCluster['kind']): Shows {
  return (cluster) => cluster.kind === kind
}

function all(...conditions: readonly Shows[]): Shows {
  return (cluster) => conditions.every((holds) => holds(cluster))
}

function any(...conditions: readonly Shows[]): Shows {
  return (cluster) => conditions.some((holds) => holds(cluster))
}

function sample(holds: (legacy: unknown, service: unknown) => boolean): Shows {
  return ({ first, last }) => [first, last].some(({ legacy, service }) => holds(legacy, service))
}

function sameInLowerCase(legacy: unknown, service: unknown): boolean {
  return typeof legacy === 'string' && typeof service === 'string' && legacy.toLowerCase() === service.toLowerCase()
}

function notSameInLowerCase(legacy: unknown, service: unknown): boolean {
  return !sameInLowerCase(legacy, service)
}

function notNullAndEmpty(legacy: unknown, service: unknown): boolean {
  return !(legacy === null && service === '')
}
