import { routeTableJsonSchema } from '@banyan/toolkit/routing'
import type { Command } from 'commander'
import type { Shell } from '../shell.ts'

/** `banyan schema`: the JSON Schema of the route table, for editors. */
export function addSchema(program: Command, shell: Shell): void {
  program
    .command('schema')
    .summary('print the JSON Schema of the route table, for editors')
    .addHelpText(
      'after',
      '\nExample:\n  banyan schema > route-table.schema.json\nThen let the first line of routes.yaml say:\n  # yaml-language-server: $schema=./route-table.schema.json',
    )
    .action(() => shell.out(JSON.stringify(routeTableJsonSchema(), null, 2)))
}
