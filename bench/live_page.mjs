// What the live view costs a browser: live_page.mjs METERWAY [SECONDS [PORT]], copied to where tests/web/run.sh has installed (build/<preset>/web).
// A node is started and its page /live opened in Chromium; what the page asks of /api/v1/events is answered by `meterway bench
// live`, which writes 5,000 events a second meanwhile. Prints the size of the page's heap (after collection) and of its document.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const [meterway, seconds = '120', port = '21490'] = process.argv.slice(2)
process.env.METERWAY = meterway
// After it: the node's helper reads it when it is loaded.
const { openBrowser, openPage, signIn } = await import('./support/browser.mjs')
const { Portal, sleep } = await import('./support/node.mjs')
const portal = await Portal.start()
const data = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'meterway-live-'))  // the disk is not what is measured
const events = spawn(meterway, ['bench', 'live', '--seconds', String(Number(seconds) + 20), '--viewers', '0', '--port', port, '--data', data], { stdio: 'ignore' })
const browser = await openBrowser()
let worst = 0
try {
  const page = await openPage(browser, portal)
  await page.route('**/api/v1/events?*', async (route) => {
    const url = new URL(route.request().url())
    const answer = await fetch(`http://127.0.0.1:${port}${url.pathname}${url.search}`)
    await route.fulfill({ status: answer.status, contentType: 'application/json', body: await answer.text() })
  })
  await sleep(3000)
  await signIn(page, portal, 'desk', '/live?grouped=no')
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
  console.log(JSON.stringify({ most_heap_mb: +(worst / 1e6).toFixed(1), below_200_mb: worst < 200e6 }))
} finally {
  events.kill('SIGTERM')
  await browser.close()
  await portal.stop()
  rmSync(data, { recursive: true, force: true })
}
process.exit(worst < 200e6 ? 0 : 1)
