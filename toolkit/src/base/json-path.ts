/** One step down into a JSON value: a key of an object or an index of an array. */
export type PathStep = string | number

/** Stands in a parsed path for `[*]`: any index. */
export const anyIndex = -1

/** What a path points at: a place in the body, or something beside it (`status`, `header:location`). */
export type ParsedPath =
  | { readonly ok: true; readonly of: 'body'; readonly steps: readonly PathStep[] }
  | { readonly ok: true; readonly of: 'answer'; readonly name: string }
  /** `at`: the first character that is no part of a path. */
  | { readonly ok: false; readonly at: number }

const beside = /^(?:status|header:[!#$%&'*+\-.^_`|~0-9A-Za-z]+)$/
const step = /\.([A-Za-z_][\w-]*)|\[(\d{1,9})\]|\[(\*)\]|\["((?:[^"\\]|\\.)*)"\]|\['([^'\\]*)'\]/y

/**
 * Reads the path of a rule: `$.name`, `$.list[0]`, `$.list[*].name`, `$["odd key"]`, `status`, `header:NAME` (header names
 * in any case, cookies as `header:set-cookie.NAME`).
 */
export function parseJsonPath(text: string): ParsedPath {
  if (!text.startsWith('$')) {
    return beside.test(text) ? { ok: true, of: 'answer', name: besideName(text) } : { ok: false, at: 0 }
  }
  const steps: PathStep[] = []
  let at = 1
  while (at < text.length) {
    step.lastIndex = at
    const found = step.exec(text)
    const read = found === null ? undefined : stepOf(found)
    if (read === undefined) return { ok: false, at }
    steps.push(read)
    at = step.lastIndex
  }
  return { ok: true, of: 'body', steps }
}

/** The name of a cookie keeps its case; the rest has none. */
function besideName(text: string): string {
  const cookie = /^(header:set-cookie)\.(.+)$/i.exec(text)
  return cookie === null ? text.toLowerCase() : `header:set-cookie.${cookie[2]}`
}

function stepOf([, key, index, any, quoted, single]: RegExpExecArray): PathStep | undefined {
  if (index !== undefined) return Number(index)
  if (any !== undefined) return anyIndex
  return quoted === undefined ? (key ?? single) : unquoted(quoted)
}

function unquoted(text: string): string | undefined {
  try {
    return String(JSON.parse(`"${text}"`))
  } catch {
    return undefined
  }
}
