<?xml version="1.0"?>
<!-- What the provider has no argument for: a lab's disks need not survive a power cut of the hypervisor. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output omit-xml-declaration="yes"/>
  <xsl:template match="node()|@*">
    <xsl:copy><xsl:apply-templates select="node()|@*"/></xsl:copy>
  </xsl:template>
  <xsl:template match="disk[@device='disk']/driver">
    <xsl:copy>
      <xsl:apply-templates select="@*"/>
      <xsl:attribute name="cache">unsafe</xsl:attribute>
    </xsl:copy>
  </xsl:template>
</xsl:stylesheet>
