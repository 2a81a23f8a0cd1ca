/** One reading that is done ahead of its need, while something else is saved. */
export interface Ahead<Result> {
  /** What was begun under this name, else what `read` gives now. */
  take(name: string, read: () => Promise<Result>): Promise<Result>
  begin(name: string, read: () => Promise<Result>): void
  isBegun(): boolean
  /** What was read ahead is older than what was saved since: it is not to be used. */
  forget(): void
}

/** Keeps at most one reading; one that fails is read again when it is needed. */
export function buildAhead<Result>(): Ahead<Result> {
  let begun: { readonly name: string; readonly result: Promise<Result | undefined> } | undefined
  return {
    take: async (name, read) => {
      const result = begun?.name === name ? await begun.result : undefined
      begun = undefined
      return result ?? (await read())
    },
    begin: (name, read) => {
      begun = { name, result: read().catch(() => undefined) }
    },
    isBegun: () => begun !== undefined,
    forget: () => {
      begun = undefined
    },
  }
}
