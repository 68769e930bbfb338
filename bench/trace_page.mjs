// How long somebody waits for the trace page: trace_page.mjs METERWAY NODE [REQUESTS], copied to where tests/web/run.sh has installed
// (build/<preset>/web). NODE is the folder `node` of what `meterway bench trace --keep FOLDER` leaves. For so many requests at random
// moments of its month, by the browser's own clock until the frame with the steps is presented:
//   first    from the navigation, in a browser that has nothing of the portal, not even its script
//   address  from the navigation, in a new tab of somebody who has been there
//   link     from the click on a RequestID in the list of requests
//   real     as `address`, requests that the homes of the node have answered: messages with all their parts
import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'

const [meterway, folder, requests = '400'] = process.argv.slice(2)
process.env.METERWAY = meterway
// After it: the node's helper reads it when it is loaded.
const { openBrowser, openPage, signIn } = await import('./support/browser.mjs')
const { Portal } = await import('./support/node.mjs')
const kAim = 200, kReal = 20
const RequestId = /[0-9A-F]{2}(?:-[0-9A-F]{2}){7}:[0-9A-F]{2}(?:-[0-9A-F]{2}){7}:\d+/

/// In every page: when the frame with the steps was presented, as the browser tells of an element that is marked for it (the
/// verdict, which is drawn with the steps and above them). From the last click, or from the navigation.
function watch() {
  globalThis.shown = null
  let clicked = 0
  addEventListener('click', (event) => { clicked = event.timeStamp }, true)
  new MutationObserver(() => {
    const verdict = document.querySelector('[aria-labelledby=steps] ol > li') && document.querySelector('.mw-verdict h2')
    if (verdict && !verdict.hasAttribute('elementtiming')) verdict.setAttribute('elementtiming', 'verdict')
  }).observe(document, { childList: true, subtree: true })
  new PerformanceObserver((list) => { globalThis.shown ??= list.getEntries()[0].renderTime - clicked }).observe({ type: 'element', buffered: true })
}
const waited = async (page) => (await page.waitForFunction(() => globalThis.shown, null, { polling: 50 })).jsonValue()

/// Moments spread over the month without order, the same in each run.
function* moments(oldest, youngest) {
  for (let state = 1; ;) {
    state = (state * 48271) % 2147483647
    yield new Date(oldest + (youngest - oldest) * (state / 2147483647)).toISOString()
  }
}

async function keysOf(portal, count, moment) {
  const keys = new Set()
  while (keys.size < count) {
    const { json } = await portal.api('operator', 'GET', `/requests?limit=1&to=${moment.next().value}`)
    if (json.requests.length) keys.add(json.requests[0].key)
  }
  return [...keys]
}

const figures = (times) => {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share) => +sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1)
  return { pages: sorted.length, p50_ms: at(0.5), p99_ms: at(0.99), max_ms: at(1), load: +loadavg()[0].toFixed(2) }
}

let portal = await Portal.open(folder), browser, slow = false
try {
  const now = Date.now(), month = 30 * 24 * 3600e3
  const moment = moments(now - month, now)
  const [first, address] = [await keysOf(portal, Number(requests), moment), await keysOf(portal, Number(requests), moment)]
  const meter = JSON.parse(readFileSync(join(folder, 'world.json'), 'utf8')).devices.find((one) => one.type === 'ESME').eui
  const real = Array.from({ length: kReal }, () => RequestId.exec(portal.meterway('send', '4.1.1', '--to', meter, '--data', folder))[0])
  await portal.stop()              // what it has read to find them is forgotten
  portal = await Portal.open(folder)
  browser = await openBrowser()
  const tell = (name, times) => {
    const all = figures(times)
    slow ||= all.p99_ms >= kAim
    console.log(JSON.stringify({ way: name, ...all }))
  }

  const page = await openPage(browser, portal)
  await signIn(page, portal, 'operator')
  const known = page.context(), state = await known.storageState()
  await known.addInitScript(watch)
  const opened = async (context, key) => {
    const tab = await context.newPage()
    await tab.goto(`/trace/${encodeURIComponent(key)}`)
    const time = await waited(tab)
    await tab.close()
    return time
  }
  const each = async (keys, one) => {
    const times = []
    for (const [n, key] of keys.entries()) times.push(await one(key, n))
    return times
  }

  tell('first', await each(first, async (key) => {
    const context = await browser.newContext({ viewport: { width: 1300, height: 900 }, baseURL: portal.url, storageState: state })
    await context.addInitScript(watch)
    const time = await opened(context, key)
    await context.close()
    return time
  }))
  tell('address', await each(address, (key) => opened(known, key)))
  tell('link', await each(first, async (_, n) => {
    await page.goto(`/requests?to=${moment.next().value}`)
    const links = page.getByRole('main').locator('table a')
    await links.first().waitFor()
    await links.nth(n % await links.count()).click()
    return waited(page)
  }))
  tell('real', await each(first, (_, n) => opened(known, real[n % kReal])))
} finally {
  await browser?.close()
  await portal.stop()
}
process.exit(slow ? 1 : 0)
