import Database from 'better-sqlite3'
import type { StoredCustomer } from './check-writes.ts'

/** The customers of the known writer, as the shop's database holds them. */
export function storedInLegacy(file: string): readonly StoredCustomer[] {
  return read(file, "SELECT cust_id, email, ph, del_flg = 'Y' FROM cust WHERE email LIKE '%@known.example'")
}

/** The customers of the known writer, as the users service's database holds them. */
export function storedInService(file: string): readonly StoredCustomer[] {
  return read(
    file,
    "SELECT id, email, phone_number, deleted_at IS NOT NULL FROM users WHERE email LIKE '%@known.example'",
  )
}

function read(file: string, sql: string): readonly StoredCustomer[] {
  const database = new Database(file, { readonly: true })
  const rows = database.prepare(sql).raw().all() as [number, string, string | null, number][]
  database.close()
  return rows.map(([id, email, phone, deleted]) => ({ id: String(id), email, phone, deleted: deleted === 1 }))
}
