{{ config(meta={'dagster': {'ref': {'name': 'figure_sources'}}}) }}

{#-
  The files that evidence names are files of the sources that the figure rests on, by its row of the catalogue and by
  dbt's graph. One row a figure and file that is not.
-#}
with

catalogue as (

    select * from {{ ref('figure_catalogue') }}

),

figure_sources as (

    select * from {{ ref('figure_sources') }}

),

files as (

    select * from {{ ref('sources') }}

),

-- The landing table of a file has the name of its source.
tables as (

    {% for model in models_behind_evidence() -%}
    {%- for table in landing_tables_of(model) -%}
    select
        '{{ model }}' as model,
        '{{ table }}' as source

    union all

    {% endfor -%}
    {%- endfor -%}
    select
        '' as model,
        '' as source

),

final as (

    select
        figure_sources.figure_id,
        figure_sources.source_file
    from figure_sources
    inner join catalogue
        on figure_sources.figure_id = catalogue.figure_id
    left join files
        on figure_sources.source_file = files.source_file
    left join tables
        on
            files.source = tables.source
            and concat('|', catalogue.rests_on, '|') like concat('%|', tables.model, '|%')
    where tables.model is null

)

select * from final
