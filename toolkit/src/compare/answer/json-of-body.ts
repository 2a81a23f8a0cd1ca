import { type Json, parseJson } from '../../base/index.ts'

/** Both arms' answers, and legacy's second one. */
const mostKept = 4

interface Parsed {
  readonly body: Buffer
  readonly json: Json | undefined
}

const latest: Parsed[] = []
let next = 0

/**
 * The value of a body that is JSON in UTF-8; undefined for any other. The last few are remembered, for one answer is asked by who
 * compares it, learns from it and counts it, one after the other. `text` is the body's text, where the caller has it.
 *
 * The body must not be written to afterwards.
 */
export function jsonOfBody(body: Buffer, text?: string): Json | undefined {
  for (const parsed of latest) if (parsed.body === body) return parsed.json
  const json = parseJson(withoutMark(text ?? body.toString('utf8')))
  latest[next] = { body, json }
  next = (next + 1) % mostKept
  return json
}

/** A byte order mark is none of the value (RFC 8259, section 8.1). */
function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}
