import { isMap, isScalar } from 'yaml'
import { durationUpTo } from './duration-shape.ts'
import { matching, type Parsed } from './parsed.ts'
import { parsePercent } from './serve.ts'
import { list, members, oneOf, optional, required, type Shape, text, type Written } from './shape.ts'
import { wholeNumber } from './whole-number.ts'

/** The `timeouts` of an upstream, and of a route. */
export const timeoutsShape = members(
  {
    connect: optional(durationUpTo('1m', 'Until a connection is there, TLS and waiting for a free one included.')),
    header: optional(durationUpTo('1h', "From the request's end until the answer's head.")),
    idle: optional(durationUpTo('24h', 'Without a byte in either direction while bodies pass.')),
    total: optional(durationUpTo('24h', 'From the first attempt to the end of the answer. Default: no bound.')),
  },
  { description: 'How long the parts of a request may take.' },
)

const connectionsShape = members(
  {
    max: optional(wholeNumber(1, 65_536, { description: 'Connections at once. Default 1024.' })),
    waiting: optional(wholeNumber(0, 65_536, { description: 'Requests that wait for one. Default 1024.' })),
  },
  { description: 'The most that the upstream gets at once; more is answered 503.' },
)

const share = (description: string) =>
  text('Allowed: a share above 0%, up to 100%.', parseShare, {
    pattern: '^\\d{1,3}(\\.\\d{1,2})? ?%$',
    description,
  })

const retryShape = members(
  {
    times: optional(wholeNumber(1, 5, { description: 'At most so many times. Default 1.' })),
    budget: optional(share('The share of requests that may be sent again. Default 10%.')),
    backoff: optional(durationUpTo('10s', 'The first pause is random, up to this; then up to twice it. Default 25ms.')),
    statuses: optional(
      list(oneOfNumbers([500, 502, 503, 504]), 1, { description: 'Answers that are asked for again. Default none.' }),
    ),
  },
  { description: 'When a request is sent again: only what has no body and may be repeated, or was never sent.' },
)

const breakerShape = members(
  {
    failures: optional(share('It opens when this share of requests failed. Default 50%.')),
    volume: optional(wholeNumber(1, 100_000, { description: '... of at least so many. Default 20.' })),
    window: optional(durationUpTo('10m', '... within this time. Default 10s.')),
    open: optional(durationUpTo('10m', 'How long until one request may try. Default 5s.')),
  },
  { description: 'When the upstream is not asked any more. Default on for the service of a capability, else off.' },
)

const healthShape = members(
  {
    path: required(
      text('Allowed: a path such as /healthz.', matching(/^\/[!-"$-~]{0,2000}$/, 'a path'), {
        pattern: '^/',
        description: 'A GET of it answers 200 to 399 when all is well.',
      }),
    ),
    every: optional(durationUpTo('10m', 'How often. Default 5s.')),
    timeout: optional(durationUpTo('1m', 'How long a check may take. Default 2s, or less where every is.')),
    fails: optional(wholeNumber(1, 100, { description: 'So many in a row make it unhealthy. Default 3.' })),
    passes: optional(wholeNumber(1, 100, { description: 'So many in a row make it healthy again. Default 2.' })),
  },
  { description: 'How each URL is asked whether it works. Left out: it is not.' },
)

const ejectShape = members(
  {
    failures: optional(wholeNumber(1, 1000, { description: 'So many failures in a row. Default 5.' })),
    for: optional(durationUpTo('1h', 'For so long, and longer each time again. Default 30s.')),
  },
  { description: 'When one of several URLs gets no requests for a while; never the last one.' },
)

/** The policy keys of an upstream. */
export const upstreamPolicyMembers = {
  timeouts: optional(timeoutsShape),
  connections: optional(connectionsShape),
  retry: optional(orOff(retryShape)),
  breaker: optional(orOff(breakerShape)),
  health: optional(healthShape),
  eject: optional(orOff(ejectShape)),
}

/** The policy keys of a route. */
export const routePolicyMembers = {
  timeouts: optional(timeoutsShape),
  retry: optional(oneOf(['off'], { description: 'off: nothing of this route is sent again.' })),
  fallback: optional(
    oneOf(['legacy'], { description: 'legacy: it answers safe methods when the service fails. Default none.' }),
  ),
}

type Read<S> = S extends Shape<infer T> ? T : never

/** `timeouts` as they are written. */
export type TimeoutsDocument = Read<typeof timeoutsShape>
/** The policy keys of an upstream as they are written. */
export type UpstreamPolicyDocument = {
  readonly [Key in keyof typeof upstreamPolicyMembers]?: Read<(typeof upstreamPolicyMembers)[Key]>
}
/** The policy keys of a route as they are written. */
export type RoutePolicyDocument = {
  readonly [Key in keyof typeof routePolicyMembers]?: Read<(typeof routePolicyMembers)[Key]>
}

/** What is written; undefined for `off` and for what is left out. */
export function unlessOff<T extends object>(written: T | Off | undefined): T | undefined {
  return written === undefined || isOff(written) ? undefined : written
}

/** Whether `off` is written. */
export function isOff(written: object | undefined): written is Off {
  return written !== undefined && 'value' in written && written.value === 'off'
}

type Off = Written<'off'>

/** Where YAML 1.2 has the text `off`, or a map. */
function orOff<T>(shape: Shape<T>): Shape<T | Off> {
  const { description, ...schema } = shape.schema
  return {
    schema: { oneOf: [schema, { const: 'off' }], ...(description === undefined ? {} : { description }) },
    read(node, report) {
      if (isScalar(node) && node.value === 'off') return { value: 'off', node }
      if (isMap(node)) return shape.read(node, report)
      report.at(node, `it is neither a map nor "off". Write "key: value" pairs, or off.`)
      return undefined
    },
  }
}

function oneOfNumbers(numbers: readonly number[]): Shape<Written<number>> {
  return {
    schema: { enum: numbers },
    read(node, report) {
      const value = isScalar(node) ? node.value : undefined
      if (typeof value === 'number' && numbers.includes(value)) return { value, node }
      report.at(node, `it is not allowed here. Allowed: ${numbers.join(', ')}.`)
      return undefined
    },
  }
}

function parseShare(written: string): Parsed<number> {
  const parsed = parsePercent(written)
  if (parsed.ok && parsed.value === 0) return { ok: false, message: '0% is nothing' }
  return parsed.ok ? { ok: true, value: parsed.value / 100 } : parsed
}
