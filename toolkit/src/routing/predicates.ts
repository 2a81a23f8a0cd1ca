import type { Route } from './route.ts'

/** What a route wants of headers or query that a request does not have; `given` tells missing from different. */
export interface FailingPredicate {
  readonly kind: 'header' | 'query'
  readonly name: string
  /** The exact value; empty when it only must be there. */
  readonly wanted: string
  readonly given: boolean
}

/** The first of a route's headers and query parameters that a request does not fulfil; undefined when all hold. */
export function failingPredicate(
  { match }: Route,
  request: { readonly query: string; header(name: string): string | undefined },
): FailingPredicate | undefined {
  if (match.headers.size === 0 && match.query.size === 0) return undefined
  for (const [name, wanted] of match.headers) {
    const value = request.header(name)
    const given = value !== undefined
    if (!given || (wanted !== '' && value !== wanted)) return { kind: 'header', name, wanted, given }
  }
  return match.query.size === 0 ? undefined : failingParameter(match.query, request.query)
}

// A parameter that is given twice must be equal twice: servers differ in which one they read.
function failingParameter(wanted: ReadonlyMap<string, string>, query: string): FailingPredicate | undefined {
  const parameters = new URLSearchParams(query)
  for (const [name, value] of wanted) {
    const found = parameters.getAll(name)
    const given = found.length > 0
    if (!given || (value !== '' && found.some((each) => each !== value))) {
      return { kind: 'query', name, wanted: value, given }
    }
  }
  return undefined
}
