/** More names, or longer ones, are judged each time: those that somebody makes up must not fill the memory. */
const maxNames = 2_000
const maxLength = 64

/** What was judged about the name of a header, as it is written. */
export interface JudgedNames<Verdict> {
  of(written: string): Verdict
}

/**
 * Judges each name once, for most requests and answers come with the same few names. Requests and answers are judged apart, so
 * that the names which clients make up leave no upstream's without room.
 */
export function judgedOnce<Verdict>(judge: (written: string) => Verdict): JudgedNames<Verdict> {
  const known = new Map<string, Verdict>()
  return {
    of: (written) => {
      const before = known.get(written)
      if (before !== undefined) return before
      const verdict = judge(written)
      if (known.size < maxNames && written.length <= maxLength) known.set(written, verdict)
      return verdict
    },
  }
}

const token = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/

/** Whether it is a token (RFC 9110, section 5.6.2), as names of headers and methods are. */
export function isToken(written: string): boolean {
  return token.test(written)
}
