import { parseJsonPath } from '../base/index.ts'
import { matching, type Parsed, shortened } from './parsed.ts'
import { parsePercent } from './serve.ts'
import { exactly, list, members, optional, type Shape, text } from './shape.ts'
import { size } from './size.ts'

const namesAllowed = 'Allowed: at most 100 characters, none of them a line break.'
const names = (noun: string, description: string) =>
  list(text(namesAllowed, matching(/^[^\r\n\0]{1,100}$/, noun), { minLength: 1, maxLength: 100 }), 1, { description })

const bodyPath = text('Allowed: $.name, $.list[0], $.list[*].name or $["odd name"].', parseBodyPath, {
  description: 'Exactly this place of a JSON body, with all that is below it.',
})

const redact = members(
  {
    headers: optional(names("a header's name", 'Headers whose whole value is a secret.')),
    fields: optional(names("a field's name", 'JSON keys at any depth, form fields and query parameters.')),
    paths: optional(list(bodyPath, 1, { description: 'Places in JSON bodies.' })),
    keep: optional(names('a name', 'Headers, fields and cookies that only look like a secret.')),
  },
  { description: 'What is replaced by tokens before anything is stored, beside the defaults, and what is not.' },
)

/** The `recording` section as it is written. */
export const recordingShape = members(
  {
    share: optional(
      text('Allowed: 0% to 100%, in steps of 0.01%.', parsePercent, {
        pattern: '^\\d{1,3}(\\.\\d{1,2})? ?%$',
        description:
          'The share of callers whose requests are always recorded. Default 0%: only `banyan record` records.',
      }),
    ),
    routes: optional(names("a route's name", 'Only these routes. Left out: all, or those of the capabilities.')),
    capabilities: optional(names("a capability's name", 'Only the routes of these capabilities.')),
    folder: optional(
      text('Write a path, relative to this file.', matching(/^[^\0]{1,4096}$/, 'a path'), {
        minLength: 1,
        description: 'Where recordings are stored.',
      }),
    ),
    part: optional(size('How large a file grows before the next is begun. Default 64MiB.')),
    keep: optional(size('How much is kept in the folder; the oldest recordings are deleted. Default 1GiB.')),
    body: optional(size('How much of a body is stored, at most 1MiB. Default 64KiB.')),
    vault: optional(
      exactly(true, { description: 'Keep the values behind the tokens in an encrypted vault beside it.' }),
    ),
    redact: optional(redact),
  },
  { description: 'What the edge stores of the traffic, redacted.' },
)

type Read<S> = S extends Shape<infer T> ? T : never

/** The `recording` section as it is written; what was wrong is left out. */
export type RecordingDocument = Read<typeof recordingShape>

function parseBodyPath(written: string): Parsed<string> {
  const parsed = parseJsonPath(written)
  if (parsed.ok && parsed.of === 'body' && parsed.steps.length > 0) return { ok: true, value: written }
  const where = parsed.ok ? '' : `, from "${shortened(written.slice(parsed.at))}" on`
  return { ok: false, message: `"${shortened(written)}" is no path into a JSON body${where}` }
}
