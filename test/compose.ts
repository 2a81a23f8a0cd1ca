import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'

/** What this project uses of a service in a Compose file. */
export interface ComposeService {
  readonly image: string
  readonly command: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
  readonly volumes?: readonly string[]
  readonly healthcheck: { readonly test: readonly string[] }
  readonly user: string
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly deploy: { readonly resources: { readonly limits: { readonly cpus: string; readonly memory: string } } }
}

/** docker-compose.yml, with its merges resolved. */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
  readonly volumes: Readonly<Record<string, unknown>>
}

/** Reads the project's Compose file. */
export function readComposeFile(root: string): ComposeFile {
  return parse(readFileSync(path.join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as ComposeFile
}
