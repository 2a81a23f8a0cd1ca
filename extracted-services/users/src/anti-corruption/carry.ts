import type { Translation } from '@banyan/toolkit/anti-corruption'
import { Fault } from '@banyan/toolkit/base'
import type { UserRow, UserRows } from '../database/rows.ts'
import { customerTranslator } from './customer-translator.ts'
import type { CustomerRows, CustRowShown } from './legacy-rows.ts'

/** A stored user as legacy would hold it. Throws `untranslatable` with every problem. */
export function legacyOf(user: UserRows): CustomerRows {
  return carriedOver(customerTranslator.toLegacy(user), `user ${user.root.id}`)
}

/** The `cust` row of a stored user, as legacy would show it. Throws `untranslatable`. */
export function legacyRootOf(user: UserRow): CustRowShown {
  const credentials = [{ user_id: user.id, legacy_hash: '', legacy_salt: '', scrypt: null }]
  return legacyOf({ root: user, children: { addresses: [], credentials } }).root
}

/** A customer of legacy's form as this service stores it; what did not change stays as in `before`. Throws `untranslatable`. */
export function serviceOf(customer: CustomerRows, before?: UserRows): UserRows {
  return carriedOver(customerTranslator.toService(customer, before), `customer ${customer.root.cust_id}`)
}

function carriedOver<Rows>(translation: Translation<Rows>, what: string): Rows {
  if (translation.ok) return translation.value
  const reasons = translation.problems.map(({ path, reason }) => `${path}: ${reason}`)
  throw new Fault('untranslatable', `${what} cannot be carried over: ${reasons.join('; ')}`)
}
