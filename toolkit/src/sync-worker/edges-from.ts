import { readFile } from 'node:fs/promises'
import { exitCodes, Fault } from '../base/index.ts'
import { type Environment, required } from '../service-kit/index.ts'
import type { Edges } from './edges/ask-edge.ts'

/**
 * The edges that BANYAN_EDGES names (admin addresses with commas or spaces between them), with the token of
 * BANYAN_ADMIN_TOKEN_FILE; undefined when it names none. Throws `variable-invalid` and `variable-missing` (exit 4).
 */
export function edgesFrom(env: Environment, capability: string): Edges | undefined {
  const urls = (env.BANYAN_EDGES ?? '').split(/[\s,]+/).filter((url) => url !== '')
  const wrong = urls.find((url) => !URL.canParse(url))
  if (wrong !== undefined)
    throw new Fault('variable-invalid', `BANYAN_EDGES names "${wrong}", which is no URL`, {
      hint: 'give admin addresses, as http://127.0.0.1:8081, with commas between them',
      exitCode: exitCodes.invalidConfig,
    })
  if (urls.length === 0) return undefined
  const file = required(env, 'BANYAN_ADMIN_TOKEN_FILE', "the file with the edge's admin token, .banyan/admin-token")
  return { capability, urls, readToken: async () => (await readFile(file, 'utf8')).trim() }
}
