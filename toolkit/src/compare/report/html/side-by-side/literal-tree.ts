import { parseJson } from '../../../../base/index.ts'

/** A JSON text as it was written: numbers keep their digits, objects their order and their duplicate keys. */
export type Literal =
  | { readonly kind: 'leaf'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Literal[] }
  | { readonly kind: 'object'; readonly entries: readonly Entry[] }

/** A key of an object, as a quoted literal, with its value. */
export interface Entry {
  readonly key: string
  readonly value: Literal
}

/** What lies deeper is shown on one line. */
const maxDepth = 40
const token = /\s*([[\]{},:]|"(?:[^"\\]|\\.)*"|[^\s[\]{},:"]+)/y

/** The literals of a JSON text; undefined when it is not JSON. */
export function literalTree(text: string): Literal | undefined {
  if (parseJson(text) === undefined) return undefined
  const tokens = buildTokens(text)
  return read(tokens, tokens.next(), 0)
}

interface Tokens {
  next(): string
  /** From the token that was read last to the bracket that closes it, as it stands. */
  restOfValue(): string
}

function buildTokens(text: string): Tokens {
  let at = 0
  let startedAt = 0
  const next = () => {
    token.lastIndex = at
    const found = token.exec(text)?.[1] ?? ''
    at = found === '' ? text.length : token.lastIndex
    startedAt = at - found.length
    return found
  }
  return {
    next,
    restOfValue() {
      const from = startedAt
      for (let open = 1; open > 0 && at < text.length; ) {
        const found = next()
        if (found === '[' || found === '{') open += 1
        else if (found === ']' || found === '}') open -= 1
      }
      return text.slice(from, at)
    },
  }
}

function read(tokens: Tokens, first: string, depth: number): Literal {
  if (first !== '[' && first !== '{') return { kind: 'leaf', text: first }
  if (depth >= maxDepth) return { kind: 'leaf', text: tokens.restOfValue() }
  return first === '[' ? readList(tokens, depth) : readObject(tokens, depth)
}

function readList(tokens: Tokens, depth: number): Literal {
  const items: Literal[] = []
  for (let found = tokens.next(); found !== ']' && found !== ''; found = tokens.next())
    if (found !== ',') items.push(read(tokens, found, depth + 1))
  return { kind: 'list', items }
}

function readObject(tokens: Tokens, depth: number): Literal {
  const entries: Entry[] = []
  for (let key = tokens.next(); key !== '}' && key !== ''; key = tokens.next()) {
    if (key === ',') continue
    tokens.next()
    entries.push({ key, value: read(tokens, tokens.next(), depth + 1) })
  }
  return { kind: 'object', entries }
}
