import type Database from 'better-sqlite3'
import { exitCodes, Fault } from '../../../base/index.ts'

/** Loads the driver for SQLite when it is first needed. Throws `sync-driver-missing`. */
export async function loadDriver(): Promise<typeof Database> {
  try {
    return (await import('better-sqlite3')).default
  } catch (cause) {
    throw new Fault('sync-driver-missing', 'the driver for SQLite is not installed', {
      hint: 'npm install better-sqlite3@12',
      exitCode: exitCodes.invalidConfig,
      cause,
    })
  }
}
