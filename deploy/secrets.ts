import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { demoApiKeys } from '../monolith/src/seed/api-keys.ts'

// Writes the secrets that the Compose files mount, once: a password per database, the API keys of the shop's clients for the
// services, and the key by which the shop's own pages are a client. npm run secrets [-- --folder FOLDER]
const { values } = parseArgs({
  options: { folder: { type: 'string', default: path.join(import.meta.dirname, 'secrets') } },
})
const folder = path.resolve(values.folder)
mkdirSync(folder, { recursive: true, mode: 0o700 })
const keys = demoApiKeys()
once('api-keys', keys.map(({ key, name }) => `${key} ${name}\n`).join(''))
once('shop-api-key', `${keys.at(-1)?.key}\n`)
for (const database of ['monolith', 'users', 'orders'])
  once(`${database}-db-password`, `${randomBytes(24).toString('hex')}\n`)

function once(name: string, text: string): void {
  const file = path.join(folder, name)
  const shown = path.relative(process.cwd(), file)
  if (existsSync(file)) return void process.stdout.write(`kept     ${shown}\n`)
  // Readable for the container's user, which is another than the owner; the folder is closed to everybody else.
  writeFileSync(file, text, { mode: 0o644 })
  process.stdout.write(`written  ${shown}\n`)
}
