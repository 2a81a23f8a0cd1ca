import { mkdirSync } from 'node:fs'
import { openPostgresSide } from './postgres-side.ts'
import type { Side } from './side.ts'
import { openSqliteSide } from './sqlite-side.ts'

/** Both dialects; each opens when it is first asked for. */
export interface Sides {
  sqlite(): Promise<Side>
  postgres(): Promise<Side>
  close(): Promise<void>
}

/** Both dialects, with databases in a folder. */
export function openSides(folder: string, rows: number): Sides {
  mkdirSync(folder, { recursive: true })
  let sqlite: Side | undefined
  let postgres: Promise<Side> | undefined
  return {
    sqlite: async () => {
      sqlite ??= openSqliteSide(folder, rows)
      return sqlite
    },
    postgres: () => {
      postgres ??= openPostgresSide(folder, rows)
      return postgres
    },
    close: async () => {
      await sqlite?.close()
      await (await postgres)?.close()
    },
  }
}
