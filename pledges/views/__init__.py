"""Pages by actor: givers (public, links), officers (desk, events, sheets, clearing), coordinators (employers)."""
