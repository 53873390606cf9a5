// Preloaded by node --import: for each request the simulator finds the kinds of
// resource that an ARN can be of, which took half of its time. It depends on the
// ARN and the action's kinds alone, so it is remembered here.

import * as module from 'node:module'

const file = '/iam-utils/dist/esm/resourceTypes.js'
const found = 'export function mostSpecificMatchingResourceTypePatterns('

// Node before 22.15 has no registerHooks and is only slower.
module.registerHooks?.({
  load(url, context, next) {
    const loaded = next(url, context)
    if (!url.endsWith(file)) return loaded
    const source = String(loaded.source)
    if (!source.includes(found)) throw new Error(`${url} has no ${found}: is it another version?`)
    const remembered = `
const remembered = new Map()
${found}resource, patterns) {
  const key = [resource, ...patterns].join('\\n')
  if (!remembered.has(key)) remembered.set(key, find(resource, patterns))
  return remembered.get(key)
}
`
    return { ...loaded, source: source.replace(found, 'function find(') + remembered }
  },
})
