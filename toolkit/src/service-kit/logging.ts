import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino'

/** Header and field names whose values never reach a log. */
const secrets = ['authorization', 'cookie', '["set-cookie"]', '["x-api-key"]', 'password', 'token'] as const

const placesOfSecrets = ['', 'headers.', 'req.headers.', 'res.headers.', 'body.', 'request.headers.'] as const

/** Severities of a log line, least first; `silent` writes nothing. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'

/**
 * Options for pino: NDJSON with ISO instants, the service's name on every line, and secrets (authorization,
 * cookies, API keys, passwords, tokens) replaced before a line is written.
 */
export function logOptions(service: string, level: LogLevel = 'info'): LoggerOptions {
  return {
    level,
    base: { service },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: pathsOfSecrets(), censor: '[redacted]' },
  }
}

/** A log on stdout, for a process without an HTTP server of its own. */
export function buildLog(service: string, level: LogLevel = 'info'): Logger {
  return pino(logOptions(service, level), stdoutForLogs())
}

/** Where logs go. When stdout is a closed pipe or a full disk, lines are lost and nothing else happens. */
export function stdoutForLogs(): DestinationStream {
  // Written at once: pino flushes what it has put off when the process exits, and on a closed pipe that never ends.
  const stdout = pino.destination({ dest: 1, sync: true, maxLength: 1024 * 1024 })
  stdout.on('error', () => undefined)
  return stdout
}

function pathsOfSecrets(): string[] {
  return placesOfSecrets.flatMap((place) => secrets.map((name) => joined(place, name)))
}

function joined(place: string, name: string): string {
  return name.startsWith('[') && place.endsWith('.') ? place.slice(0, -1) + name : place + name
}
