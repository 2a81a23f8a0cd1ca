import { markOf } from './mark.ts'
import { mutate } from './mutate.ts'
import { cutIntoPieces } from './pieces.ts'
import { buildRandom } from './random.ts'

/** What stands only behind whole answers, and so belongs to nobody. */
export const poison = 'POISON'

/** How an upstream answers one request. */
export type AnswerKind = 'plain' | 'surplus' | 'cut' | 'silent' | 'mutated'

/** What an upstream writes for one request; with `closes`, it closes then. */
export interface WrittenAnswer {
  readonly kind: AnswerKind
  /** Its bytes, as they are written one after the other. */
  readonly pieces: readonly string[]
  readonly closes: boolean
  /** The body of the answer before anything was done to it. */
  readonly body: string
}

/** Writes the answer to a marked request of an episode: the same one each time. `plain` makes it a well-formed one. */
export function writeAnswer(
  seed: number,
  number: number,
  { method, plain }: { readonly method: string; readonly plain: boolean },
): WrittenAnswer {
  const random = buildRandom(seed ^ Math.imul(number + 1, 0x85ebca6b))
  const kind = plain ? 'plain' : kindOf(random.int(100))
  const mark = markOf(number)
  const head = `HTTP/1.1 200 OK\r\nX-Mark: ${mark}\r\n`
  const body = `<${mark}>HTTP/1.1 200 OK\r\nX-Mark: ${mark}\r\nContent-Length: 0\r\n\r\n</${mark}>`
  const shown = method === 'HEAD' ? '' : body
  const isChunked = random.chance(0.4)
  const chunks = method === 'HEAD' ? '' : `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  const whole = isChunked
    ? `${head}Transfer-Encoding: chunked\r\n\r\n${chunks}`
    : `${head}Content-Length: ${body.length}\r\n\r\n${shown}`
  const closes = kind === 'cut' || kind === 'silent' || random.chance(0.1)
  const bytes = done(kind, whole, random.int(1_000_000))
  // Bytes that nobody asked for must come with what they follow: those that come later answer whoever asked meanwhile,
  // and no client of HTTP/1.1 can tell.
  const pieces = kind === 'plain' || kind === 'cut' ? cutIntoPieces(random, bytes) : [bytes]
  return { kind, pieces, closes, body: shown }
}

function kindOf(roll: number): AnswerKind {
  if (roll < 70) return 'plain'
  if (roll < 76) return 'surplus'
  if (roll < 82) return 'cut'
  return roll < 84 ? 'silent' : 'mutated'
}

function done(kind: AnswerKind, whole: string, roll: number): string {
  switch (kind) {
    case 'plain':
      return whole
    case 'surplus':
      return `${whole}HTTP/1.1 200 OK\r\nContent-Length: ${poison.length}\r\n\r\n${poison}`
    case 'cut':
      return whole.slice(0, roll % whole.length)
    case 'silent':
      return ''
    case 'mutated':
      return mutate(buildRandom(roll), whole)
  }
}
