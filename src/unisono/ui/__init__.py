"""The component kit: tokens, components, icons and front-end islands. Knows no room's rows."""
