import { exitCodes, Fault } from '@banyan/toolkit/base'

/** Reads `127.0.0.1:8080`, `:8080` or `8080`; without a host it is loopback. Throws `address-invalid` (exit 64). */
export function parseAddress(text: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^(?:(\[[0-9a-f:.]+\]|[A-Za-z0-9.-]*):)?(\d{1,5})$/.exec(text) ?? []
  if (port !== undefined && Number(port) <= 65_535) {
    return { host: (host ?? '').replace(/^\[|\]$/g, '') || '127.0.0.1', port: Number(port) }
  }
  throw new Fault('address-invalid', `"${text}" is not an address`, {
    hint: 'write HOST:PORT, such as 127.0.0.1:8080',
    exitCode: exitCodes.usage,
  })
}
