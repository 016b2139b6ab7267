{
    "name": "Entitlements",
    "version": "18.0.1.0.0",
    "summary": "Placeholder: replace it with your own modules",
    "depends": ["base"],
    "license": "LGPL-3",
    "installable": True,
}
