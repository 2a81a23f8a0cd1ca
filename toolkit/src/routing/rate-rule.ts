import { durationWithin } from './duration-shape.ts'
import { type Parsed, shortened } from './parsed.ts'
import { members, oneOrMore, optional, required, type Shape, text, type Written } from './shape.ts'
import { wholeNumber } from './whole-number.ts'

/** Whose requests are counted together. A request without the header, or without a subject, counts for its address. */
export type RateKey =
  | { readonly kind: 'address' }
  | { readonly kind: 'subject' }
  /** Lower case. */
  | { readonly kind: 'header'; readonly name: string }

/** How many requests of one key a route lets through. */
export interface RateRule {
  /** The same for the same rule of the same route, so that a reload keeps what was counted. */
  readonly id: string
  /** The policy's name in `RateLimit` headers: the route's, with a number where it has several. */
  readonly name: string
  /** So many in `windowMs`, and so many at once after a pause. */
  readonly requests: number
  readonly windowMs: number
  readonly by: RateKey
}

const rate = members(
  {
    requests: required(wholeNumber(1, 1_000_000, { description: 'How many requests.' })),
    per: required(durationWithin('1s', '24h', 'In which time: 1s, 1m, 1h.')),
    by: optional(
      text('Allowed: address, subject, or header:NAME such as header:x-api-key.', parseKey, {
        pattern: "^(address|subject|header:[!#$%&'*+\\-.^_`|~0-9A-Za-z]{1,200})$",
        description: 'Whose requests are counted together. Default address.',
      }),
    ),
  },
  { description: 'How many requests of one client the route lets through; more are answered 429.' },
)

/** The `rate` of a route as it is written: one, or a list that all must hold. */
export const rateShape = oneOrMore(rate, { description: 'How many requests of one client the route lets through.' })

type Read<S> = S extends Shape<infer T> ? T : never

/** Makes a route's `rate` into what requests are counted by. */
export function compileRates(rates: Read<typeof rateShape> | undefined, route: string): readonly RateRule[] {
  return (rates ?? []).map(({ requests, per, by }, index) => {
    const name = index === 0 ? route : `${route}.${index + 1}`
    const key: RateKey = by?.value ?? { kind: 'address' }
    const counted = { requests: given(requests), windowMs: given(per), by: key }
    const kind = key.kind === 'header' ? `header:${key.name}` : key.kind
    return { id: `${name}\n${counted.requests}/${counted.windowMs} ${kind}`, name, ...counted }
  })
}

function given(written: Written<number> | undefined): number {
  if (written === undefined) throw new Error('a rate without problems lacks a number')
  return written.value
}

function parseKey(written: string): Parsed<RateKey> {
  if (written === 'address' || written === 'subject') return { ok: true, value: { kind: written } }
  const [, name] = /^header:([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,200})$/.exec(written) ?? []
  if (name !== undefined) return { ok: true, value: { kind: 'header', name: name.toLowerCase() } }
  return { ok: false, message: `"${shortened(written)}" tells no clients apart` }
}
