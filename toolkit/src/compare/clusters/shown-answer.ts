import type { Answer } from '../answer/answer.ts'
import type { ShownAnswer } from '../report/report.ts'

const maxShownBytes = 16 * 1024
const maxShownHeaders = 40

/** An answer as it is shown beside the other. */
export function shownAnswer({ status, headers, body }: Answer): ShownAnswer {
  const pairs = [...headers].flatMap(([name, values]) => values.map((value) => [name, value.slice(0, 1000)] as const))
  const part = body.subarray(0, maxShownBytes)
  const isText = !part.includes(0)
  return {
    status,
    headers: pairs.slice(0, maxShownHeaders),
    // Cutting may halve the last character.
    body: isText ? part.toString('utf8').replace(/\ufffd+$/, '') : `0x${part.subarray(0, 512).toString('hex')}`,
    truncated: body.length > (isText ? maxShownBytes : 512),
  }
}
