import { type OpenedDatabase, openDatabase as open } from '@banyan/toolkit/service-database'
import { usersDatabase } from './connect.ts'
import { migrations } from './migrate.ts'

/** Opens the database of users and brings its schema up to date; see the toolkit's for what it throws. */
export function openDatabase(url: string): Promise<OpenedDatabase> {
  return open(url, { ...usersDatabase, migrations })
}
