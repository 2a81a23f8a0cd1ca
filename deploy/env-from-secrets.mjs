// Loaded before a process of the containers begins (NODE_OPTIONS), also before one that `docker compose exec` starts: brings
// secrets from their files into this process's environment, so that neither the Compose file nor `docker inspect` shows one.
//   X_PASSWORD_FILE   the password is put into the URL in X_URL
//   X_KEY_FILE        becomes X_KEY
import { readFileSync } from 'node:fs'

for (const [name, file] of Object.entries(process.env)) {
  if (name.endsWith('_PASSWORD_FILE'))
    putIntoUrl(`${name.slice(0, -'_PASSWORD_FILE'.length)}_URL`, secretIn(name, file))
  if (name.endsWith('_KEY_FILE')) process.env[name.slice(0, -'_FILE'.length)] = secretIn(name, file)
}

function putIntoUrl(name, password) {
  const given = process.env[name] ?? ''
  if (!URL.canParse(given)) fail(`${name} is no URL that a password could be put into`)
  const url = new URL(given)
  url.password = password
  process.env[name] = url.href
}

function secretIn(name, file) {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    return fail(`${name}=${file} cannot be read (${error.code}). Write the secrets with: npm run secrets`)
  }
}

function fail(message) {
  process.stderr.write(`env-from-secrets: ${message}\n`)
  process.exit(4)
}
