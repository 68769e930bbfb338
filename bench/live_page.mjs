// What the live view costs a browser: live_page.mjs METERWAY [SECONDS [PORT]], copied to where tests/web/run.sh has installed (build/<preset>/web).
// A node is started and its page /live opened in Chromium; what the page asks of /api/v1/events is answered by `meterway bench
// live`, which writes 5,000 events a second meanwhile. Prints the size of the page's heap (after collection), of its document, and
// the memory of the browser's processes with an empty tab, when the page is open, and at the end: `pss` counts what is shared
// with other processes in proportion, `private` what nobody else has.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'

const [meterway, seconds = '120', port = '21490'] = process.argv.slice(2)
process.env.METERWAY = meterway
// After it: the node's helper reads it when it is loaded.
const { openBrowser, openPage, signIn } = await import('./support/browser.mjs')
const { Portal, sleep } = await import('./support/node.mjs')

const read = (path) => { try { return readFileSync(path, 'utf8') } catch { return '' } }
/// Every process that descends from this one and is Chromium: the largest renderer, and all together.
function memoryOfBrowser() {
  const parents = new Map(readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    .map((name) => [name, /^PPid:\s*(\d+)/m.exec(read(`/proc/${name}/status`))?.[1]]))
  const ours = (id) => id !== undefined && (id === String(process.pid) || ours(parents.get(id)))
  const all = []
  for (const id of parents.keys()) {
    const command = read(`/proc/${id}/cmdline`).split(/[\0 ]/)   // a renderer's is one text
    if (!ours(id) || !/chrom/.test(command[0])) continue
    const rollup = read(`/proc/${id}/smaps_rollup`)
    const mb = (...names) => names.reduce((sum, name) => sum + Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(rollup)?.[1] ?? 0), 0) * 1024 / 1e6
    all.push({ kind: command.find((word) => word.startsWith('--type='))?.slice(7) ?? 'browser', pss: mb('Pss'), own: mb('Private_Clean', 'Private_Dirty') })
  }
  const told = (some) => ({ pss_mb: Math.round(some.reduce((sum, one) => sum + one.pss, 0)), private_mb: Math.round(some.reduce((sum, one) => sum + one.own, 0)) })
  const page = all.filter((one) => one.kind === 'renderer').sort((a, b) => b.pss - a.pss).slice(0, 1)
  return { renderer: told(page), all: told(all), processes: all.length, load: +loadavg()[0].toFixed(2) }
}

const portal = await Portal.start()
const data = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'meterway-live-'))  // the disk is not what is measured
const events = spawn(meterway, ['bench', 'live', '--seconds', String(Number(seconds) + 20), '--viewers', '0', '--port', port, '--data', data], { stdio: 'ignore' })
const browser = await openBrowser()
let worst = 0, small = false
try {
  const page = await openPage(browser, portal)
  await page.route('**/api/v1/events?*', async (route) => {
    const url = new URL(route.request().url())
    const answer = await fetch(`http://127.0.0.1:${port}${url.pathname}${url.search}`)
    await route.fulfill({ status: answer.status, contentType: 'application/json', body: await answer.text() })
  })
  await sleep(3000)
  console.log(JSON.stringify({ empty_tab: memoryOfBrowser() }))
  await signIn(page, portal, 'desk', '/live?grouped=no')
  console.log(JSON.stringify({ opened: memoryOfBrowser() }))
  const debug = await page.context().newCDPSession(page)
  await debug.send('HeapProfiler.enable')
  for (let passed = 0; passed < Number(seconds); passed += 10) {
    await sleep(10000)
    const busy = (await debug.send('Runtime.getHeapUsage')).usedSize
    await debug.send('HeapProfiler.collectGarbage')
    const { usedSize } = await debug.send('Runtime.getHeapUsage')
    const { nodes } = await debug.send('Memory.getDOMCounters')
    worst = Math.max(worst, busy)
    const state = await page.locator('[data-feed]').innerText()
    console.log(JSON.stringify({ after_s: passed + 10, heap_mb: +(usedSize / 1e6).toFixed(1), before_collection_mb: +(busy / 1e6).toFixed(1), dom_nodes: nodes,
      rows: await page.locator('tbody tr').count(), says: state.replace(/\s+/g, ' ').slice(0, 160) }))
  }
  const atEnd = memoryOfBrowser()
  console.log(JSON.stringify({ at_the_end: atEnd }))
  small = atEnd.renderer.pss_mb < 200
  console.log(JSON.stringify({ most_heap_mb: +(worst / 1e6).toFixed(1), renderer_below_200_mb: small, all_below_200_mb: atEnd.all.pss_mb < 200 }))
} finally {
  events.kill('SIGTERM')
  await browser.close()
  await portal.stop()
  rmSync(data, { recursive: true, force: true })
}
process.exit(small ? 0 : 1)
