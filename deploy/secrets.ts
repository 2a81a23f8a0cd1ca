import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { demoApiKeys } from '../monolith/src/seed/api-keys.ts'

// Writes the secrets that docker-compose.yml mounts, once: the API keys of the shop's clients, for the users service.
const folder = path.join(import.meta.dirname, 'secrets')
mkdirSync(folder, { recursive: true, mode: 0o700 })
once(
  'api-keys',
  demoApiKeys()
    .map(({ key, name }) => `${key} ${name}\n`)
    .join(''),
)

function once(name: string, text: string): void {
  const file = path.join(folder, name)
  const shown = path.relative(process.cwd(), file)
  if (existsSync(file)) return void process.stdout.write(`kept     ${shown}\n`)
  // Readable for the container's user, which is another than the owner; the folder is closed to everybody else.
  writeFileSync(file, text, { mode: 0o644 })
  process.stdout.write(`written  ${shown}\n`)
}
