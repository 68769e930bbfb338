import { useContext, useState } from 'preact/hooks'
import { navigate } from '@/lib/location'
import { useSession } from '@/lib/session'
import { ZoneContext } from '@/lib/time'

/// Name, one field for whatever one has in the hand (a RequestID, a device, a reference), who is signed in, UTC or local.
export function Head() {
  const session = useSession()
  const { local, setLocal } = useContext(ZoneContext)
  const [words, setWords] = useState('')
  return (
    <header class="mw-head">
      <div class="mw-head__row">
        <a class="mw-head__name" href="/">Meterway</a>
        <form class="mw-head__find" role="search" aria-label="Find" onSubmit={(e) => { e.preventDefault(); if (words.trim()) navigate(whereIs(words)) }}>
          <label class="govuk-visually-hidden" for="find">RequestID, device or words</label>
          <input class="govuk-input" id="find" type="search" placeholder="RequestID, device or words" autocomplete="off" value={words} onInput={(e) => setWords(e.currentTarget.value)} />
          <button class="mw-find" type="submit">Find</button>
        </form>
        <div class="mw-head__who">
          <button type="button" class="mw-link-plain" aria-pressed={local} onClick={() => setLocal(!local)}>{local ? 'Local time' : 'UTC'}<span class="govuk-visually-hidden">: change how times are shown</span></button>
          {session.signedIn
            ? <><span>{session.me?.id}{session.me?.party ? `, ${session.me.party}` : ''}</span><button type="button" class="mw-link-plain" onClick={() => void session.signOut()}>Sign out</button></>
            : <a class="mw-link-plain" href="/sign-in">Sign in</a>}
        </div>
      </div>
    </header>
  )
}

const kRequest = /^([0-9a-f]{2}-?){7}[0-9a-f]{2}:([0-9a-f]{2}-?){7}[0-9a-f]{2}:\d+$/i
const kDevice = /^([0-9a-f]{2}-?){7}[0-9a-f]{2}$/i

/// The page for what was pasted: the trace of a RequestID or alert, a device, else the search.
export function whereIs(text: string): string {
  const words = text.trim()
  if (kRequest.test(words) || /^alert:/i.test(words)) return `/trace/${encodeURIComponent(words)}`
  if (kDevice.test(words)) return `/inventory/${words.replace(/-/g, '').toLowerCase()}`
  return `/search?q=${encodeURIComponent(words)}`
}
