import { exitCodes, Fault } from '@banyan/toolkit/base'

/** Reads `name: value`, as curl's -H takes it; the name in lower case. Throws `header-invalid` (exit 64). */
export function parseHeader(text: string): [name: string, value: string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*)$/.exec(text) ?? []
  if (name !== undefined && value !== undefined) return [name.toLowerCase(), value.trimEnd()]
  throw new Fault('header-invalid', `"${text}" is not a header`, {
    hint: `write it as: -H 'x-api-key: abc'`,
    exitCode: exitCodes.usage,
  })
}
