/** What the page can do beside being read: choose a theme, filter clusters, open what a link means. Plain JavaScript. */
export const script = `
'use strict'
const root = document.documentElement
const theme = document.getElementById('theme')
const themes = ['auto', 'light', 'dark']
const remembered = () => { try { return localStorage.getItem('banyan-theme') } catch { return null } }
const remember = (name) => { try { localStorage.setItem('banyan-theme', name) } catch {} }
const paint = (name) => {
  if (name === 'auto') delete root.dataset.theme
  else root.dataset.theme = name
  theme.textContent = 'Theme: ' + name
}
let chosen = themes.includes(remembered()) ? remembered() : 'auto'
paint(chosen)
theme.hidden = false
theme.addEventListener('click', () => {
  chosen = themes[(themes.indexOf(chosen) + 1) % themes.length]
  paint(chosen)
  remember(chosen)
})

const form = document.querySelector('.filters')
if (form) {
  form.hidden = false
  form.addEventListener('submit', (event) => event.preventDefault())
  form.addEventListener('input', filter)
  filter()
}
function filter() {
  const wanted = new FormData(form)
  const words = wanted.get('text').toLowerCase().split(/\\s+/).filter(Boolean)
  const kinds = wanted.getAll('kind')
  const clusters = [...document.querySelectorAll('.cluster')]
  for (const cluster of clusters) {
    const { route, kind, explained, words: own } = cluster.dataset
    cluster.hidden = !(
      (wanted.get('route') === '' || wanted.get('route') === route) &&
      kinds.includes(kind) &&
      (!wanted.has('unexplained') || explained === 'no') &&
      words.every((word) => own.includes(word))
    )
  }
  const shown = clusters.filter((cluster) => !cluster.hidden).length
  form.querySelector('output').textContent = shown === clusters.length ? '' : shown + ' of ' + clusters.length
  document.getElementById('nothing').hidden = shown > 0
}

for (const summary of document.querySelectorAll('.route-details > summary')) {
  summary.addEventListener('keydown', (event) => {
    const rows = [...document.querySelectorAll('.route-details > summary')]
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    rows[rows.indexOf(summary) + step]?.focus()
  })
}

const openLinked = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (target && target.matches('.cluster')) {
    target.hidden = false
    target.querySelector('details')?.setAttribute('open', '')
    target.scrollIntoView()
  }
}
addEventListener('hashchange', openLinked)
openLinked()
`
