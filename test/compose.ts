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
  readonly tmpfs?: readonly string[]
  readonly healthcheck: { readonly test: readonly string[] }
  readonly user: string
  readonly read_only?: boolean
  readonly network_mode?: string
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly deploy: { readonly resources: { readonly limits: { readonly cpus: string; readonly memory: string } } }
}

/** A Compose file of the project, with its merges resolved. */
export interface ComposeFile {
  readonly name: string
  readonly services: Readonly<Record<string, ComposeService>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
  readonly volumes: Readonly<Record<string, unknown>>
}

/** Both forms of the composition: on PostgreSQL servers, which is the usual one, and on SQLite files. */
export const composeFiles = ['docker-compose.yml', 'docker-compose.sqlite.yml'] as const

/** Reads one of the project's Compose files. */
export function readComposeFile(root: string, name: (typeof composeFiles)[number]): ComposeFile {
  return parse(readFileSync(path.join(root, name), 'utf8'), { merge: true }) as ComposeFile
}

/** Whether a service is a database server; the others are processes of the project. */
export function isDatabase(service: ComposeService): boolean {
  return service.image.startsWith('postgres:')
}

/** The services in waves: each depends on services of earlier waves only. */
export function waves({ services }: ComposeFile): readonly (readonly string[])[] {
  const started = new Set<string>()
  const all: (readonly string[])[] = []
  for (let left = Object.entries(services); left.length > 0; left = left.filter(([name]) => !started.has(name))) {
    const wave = left.flatMap(([name, { depends_on = {} }]) =>
      Object.keys(depends_on).every((needed) => started.has(needed)) ? [name] : [],
    )
    if (wave.length === 0) throw new Error(`depend on each other: ${left.map(([name]) => name).join(', ')}`)
    for (const name of wave) started.add(name)
    all.push(wave)
  }
  return all
}
