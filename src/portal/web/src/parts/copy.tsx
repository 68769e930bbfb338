import { useState } from 'preact/hooks'
import { announce } from '@/parts/announce'

/// Copies all of a text, whatever part of it is shown.
export function Copy({ text, what }: { text: string; what: string }) {
  const [done, setDone] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setDone(true)
      announce(`${what} copied`)
      setTimeout(() => setDone(false), 2000)
    } catch {
      announce(`${what} could not be copied: the browser does not allow it`)
    }
  }
  return <button type="button" class="mw-link-plain" onClick={copy}>{done ? 'Copied' : 'Copy'}<span class="govuk-visually-hidden"> {what}</span></button>
}
