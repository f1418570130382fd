package main

// schema names what this plugin serves. The SDK that programs use is the official one, so no types are described.
const schema = `{
  "name": "command",
  "version": "1.2.1",
  "resources": {
    "command:local:Command": {},
    "command:remote:Command": {},
    "command:remote:CopyToRemote": {}
  },
  "functions": { "command:local:run": {} }
}`
