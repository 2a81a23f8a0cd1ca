import type { IdReport } from './report.ts'

/** Whether anything is known of ids at all: nobody needs to read that there were none. */
export function tellsOfIds({ pairs, dependent, conflicts }: IdReport): boolean {
  return pairs > 0 || dependent.exchanges > 0 || conflicts.length > 0
}
