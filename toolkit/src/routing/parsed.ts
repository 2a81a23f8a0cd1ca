/** What a text turned out to be: its value; or what is wrong with it, and perhaps ` Did you mean "...?"`. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly near?: string }

/** A parser of texts that must match `pattern` as a whole; `noun` says what they are, with an article. */
export function matching(pattern: RegExp, noun: string): (text: string) => Parsed<string> {
  return (text) =>
    pattern.test(text) ? { ok: true, value: text } : { ok: false, message: `"${shortened(text)}" is not ${noun}` }
}

/** At most 60 characters of what somebody wrote, for a message. */
export function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`
}
