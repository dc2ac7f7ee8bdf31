"""Pages: reports, the page with sliders and the lab, in three languages."""
