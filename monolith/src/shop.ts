import type { Knex } from 'knex'

/** What every module of the shop is handed: the one database, the clock, and where lines for the operator go. */
export interface Shop {
  readonly db: Knex
  readonly now: () => Date
  readonly log: (line: string) => void
}

/** The shop's name, as customers see it. */
export const shopName = 'Harbor & Pine'
