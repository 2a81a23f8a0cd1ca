/** More names, or longer ones, are judged each time: those that somebody makes up must not fill the memory. */
const maxNames = 2_000
const maxLength = 64

/** What was judged once about a header's name, as it is written. */
export interface HeaderFates<Fate> {
  of(written: string): Fate
}

/** Judges each name once, for most requests and answers come with the same few names. */
export function remembered<Fate>(judge: (written: string) => Fate): HeaderFates<Fate> {
  const known = new Map<string, Fate>()
  return {
    of: (written) => {
      const before = known.get(written)
      if (before !== undefined) return before
      const fate = judge(written)
      if (known.size < maxNames && written.length <= maxLength) known.set(written, fate)
      return fate
    },
  }
}
