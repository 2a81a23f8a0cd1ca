import { mkdirSync } from 'node:fs'

const defaultFolder = '.banyan'

/**
 * The database that MONOLITH_DATABASE_URL names, by default `.banyan/monolith.sqlite` below the working directory,
 * whose folder is made when it is not there.
 */
export function databaseUrl(fromEnvironment: string | undefined): string {
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment
  mkdirSync(defaultFolder, { recursive: true })
  return `${defaultFolder}/monolith.sqlite`
}
