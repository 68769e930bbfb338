// What a hostile page, a hostile record and a hostile link can do to somebody who is signed in: nothing.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { Hand, openBrowser, openPage, settled, signIn, visit } from './support/browser.mjs'
import { Portal } from './support/node.mjs'

let portal, browser
before(async () => {
  portal = await Portal.start()
  browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await portal?.stop()
})

const kHostile = [
  '<img src=x onerror="globalThis.owned=1">', '<script>globalThis.owned=1</script>', '"><svg onload="globalThis.owned=1">', "'-globalThis.owned=1-'",
  'javascript:globalThis.owned=1', '<a href="javascript:globalThis.owned=1">x</a>', '</title><script>globalThis.owned=1</script>', '{{constructor.constructor("globalThis.owned=1")()}}',
]

/// Nothing of it ran, and nothing of it became an element.
async function unharmed(page, what) {
  assert.equal(await page.evaluate(() => globalThis.owned), undefined, `${what}: it ran`)
  assert.equal(await page.locator('main img, main svg[onload], main script, main [onerror], main a[href^="javascript:"]').count(), 0, `${what}: it became an element`)
  assert.deepEqual(page.faults, [], what)
}

test('hostile text in every field that somebody can fill is shown as text, wherever it is shown', async () => {
  const text = kHostile.join(' ')
  const made = []
  const kinds = (await portal.api('operator', 'GET', '/kinds')).json.kinds.map((one) => one.kind)
  for (const kind of kinds) {
    const described = (await portal.api('operator', 'GET', `/kinds/${kind}`)).json
    const fields = {}
    for (const field of described.fields.filter((one) => one.set_by === 'anyone' || one.required)) {
      if (field.type === 'text' || field.type === 'long') fields[field.name] = field.list ? kHostile : text
      else if (field.required && field.type === 'date') fields[field.name] = '2026-11-23'
      else if (field.required && field.type === 'instant') fields[field.name] = '2026-11-23T08:00:00Z'
      else if (field.required && field.type === 'integer') fields[field.name] = 7
      else if (field.required && field.type === 'choice') fields[field.name] = field.choices[0]
    }
    const answer = await portal.api('operator', 'POST', `/ledger/${kind}`, { fields })
    if (answer.status === 201) made.push([kind, answer.json.reference])
  }
  assert.ok(made.length >= 10, `records of ${made.length} kinds could be made`)
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'operator')
  for (const [kind, reference] of made) {
    for (const path of [`/ledger/${kind}`, `/ledger/${kind}/${encodeURIComponent(reference)}`]) {
      await visit(page, path)
      await unharmed(page, path)
    }
    const document = await portal.api('operator', 'GET', `/ledger/${kind}/${encodeURIComponent(reference)}/document?format=html`)
    if (document.status === 200) assert.doesNotMatch(document.text, /<script>globalThis|<img src=x|<svg onload/, `${kind}: document`)
  }
  await visit(page, '/search?q=globalThis')
  await unharmed(page, 'search')
})

test('hostile text in the address is shown as text', async () => {
  const page = await openPage(browser, portal)
  await signIn(page, portal, 'operator')
  for (const words of kHostile) {
    for (const path of [`/search?q=${encodeURIComponent(words)}`, `/ledger/action?state=${encodeURIComponent(words)}&owner=${encodeURIComponent(words)}`, `/find/${encodeURIComponent(words)}`, `/reports?month=${encodeURIComponent(words)}`]) {
      await page.goto(path)
      await settled(page)
      await unharmed(page, path)
    }
  }
})

test('signing in leads back to a page of ours and nowhere else', async () => {
  for (const next of ['https://example.org/', '//example.org/', '/\\example.org', '\\\\example.org', 'javascript:globalThis.owned=1', '/%0d%0aLocation:https://example.org', ' //example.org', '/\t/example.org']) {
    const page = await openPage(browser, portal)
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`)
    await page.getByLabel('Token').fill(portal.tokens.desk)
    await page.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    await settled(page)
    assert.equal(new URL(page.url()).origin, portal.url, next)
    await unharmed(page, next)
    await page.context().close()
  }
})

test('a session that somebody else has put into the browser is not the one that is signed in', async () => {
  const page = await openPage(browser, portal)
  const planted = 'A'.repeat(43)
  await page.context().addCookies([{ name: 'meterway_session', value: planted, url: portal.url, httpOnly: true, sameSite: 'Strict' }])
  await signIn(page, portal, 'desk')
  const cookies = (await page.context().cookies()).filter((one) => one.name === 'meterway_session')
  assert.equal(cookies.length, 1)
  assert.notEqual(cookies[0].value, planted)
  assert.ok(cookies[0].httpOnly && cookies[0].sameSite === 'Strict')
  assert.equal(await page.evaluate(() => document.cookie), '')
  const before = cookies[0].value
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('link', { name: 'Sign in' }).first().waitFor()
  const answer = await fetch(`${portal.url}/api/v1/me`, { headers: { cookie: `meterway_session=${before}` } })
  assert.equal(answer.status, 401, 'the session that was signed out opens nothing')
})

test('another page in the same browser changes nothing in the name of who is signed in', async () => {
  // Another port of the same host is the same site to a browser, so SameSite alone does not stop it.
  const hostile = createServer((asked, answer) => {
    answer.writeHead(200, { 'content-type': 'text/html' })
    answer.end(`<form id=f method=post enctype="text/plain" action="${portal.url}/api/v1/ledger/committee"><input name='{"fields":{"code":"EVIL","name":"' value='x"}}'></form>
      <h1>hostile</h1><script>
      globalThis.tries = Promise.allSettled([
        fetch('${portal.url}/api/v1/ledger/committee', { method: 'POST', credentials: 'include', mode: 'no-cors', body: '{"fields":{"code":"EVIL","name":"x"}}' }),
        fetch('${portal.url}/api/v1/session', { method: 'DELETE', credentials: 'include' }),
        fetch('${portal.url}/api/v1/me', { credentials: 'include' }).then((a) => a.text()),
      ])</script>`)
  })
  await new Promise((done) => hostile.listen(0, '127.0.0.1', done))
  try {
    const page = await openPage(browser, portal)
    await signIn(page, portal, 'secretary')
    const other = await page.context().newPage()
    await other.goto(`http://127.0.0.1:${hostile.address().port}/`)
    const tries = await other.evaluate(() => globalThis.tries)
    assert.equal(tries[2].status, 'rejected', 'it cannot read who is signed in')
    await other.evaluate(() => document.getElementById('f').submit())
    await other.waitForLoadState()
    assert.equal((await portal.api('operator', 'GET', '/ledger/committee/EVIL')).status, 404)
    await page.reload()
    await page.getByRole('button', { name: 'Sign out' }).waitFor()
    // In a frame of another page nothing is shown, so nothing can be clicked there unseen.
    const answer = await fetch(`${portal.url}/`)
    assert.match(answer.headers.get('content-security-policy'), /frame-ancestors 'none'/)
    assert.doesNotMatch(answer.headers.get('content-security-policy'), /unsafe-inline|unsafe-eval|\*/)
  } finally {
    hostile.close()
  }
})

test('inline script does not run, even if it were to get into a page', async () => {
  const page = await openPage(browser, portal)
  await visit(page, '/sign-in')
  await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'globalThis.owned = 1'
    document.body.append(script)
    const box = document.createElement('div')
    box.innerHTML = '<img src="data:," onerror="globalThis.owned = 1">'
    document.body.append(box)
  })
  await page.waitForTimeout(300)
  assert.equal(await page.evaluate(() => globalThis.owned), undefined)
})

test('a file that is too large is refused with a sentence, and what was there stays', async () => {
  const page = await openPage(browser, portal)
  const hand = new Hand(page, 'mouse')
  await portal.api('operator', 'POST', '/ledger/committee', { fields: { code: 'SIZE', name: 'Sizes' } })
  await hand.signIn(portal, 'secretary', '/ledger/committee/SIZE')
  await page.getByText('Attach a file').click()
  await page.getByLabel('Title').fill('Too large')
  await page.locator('#attach-file').setInputFiles({ name: 'large.txt', mimeType: 'text/plain', buffer: Buffer.alloc(17 << 20, 'a') })
  await page.getByRole('button', { name: 'Attach' }).click()
  const told = page.getByRole('alert')
  await told.waitFor()
  assert.match(await told.innerText(), /large|16|limit|MiB|octets/i)
  assert.deepEqual((await portal.api('operator', 'GET', '/ledger/committee/SIZE')).json.attachments, [])
})
