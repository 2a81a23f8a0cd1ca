import { readApiKeys as readKeys } from '@banyan/toolkit/service-kit'

export { type KnowsKey, knowsKey } from '@banyan/toolkit/service-kit'

/** Reads the API keys of the file that USERS_API_KEYS_FILE names. Throws `api-keys-unreadable` or `api-keys-empty` (exit 4). */
export function readApiKeys(file: string) {
  return readKeys(file, 'USERS_API_KEYS_FILE')
}
