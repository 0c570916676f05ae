with

catalogue as (

    select * from {{ ref('figure_catalogue') }}

),

evidence as (

    select * from {{ ref('figure_evidence') }}

),

-- Shares of a whole rest on all rows of the whole, their own among them. People come as one row an event, without
-- lines.
final as (

    select
        catalogue.figure_id,
        evidence.source_file,
        count(distinct evidence.source_line) as rows
    from catalogue
    inner join evidence
        on coalesce(catalogue.whole, catalogue.figure_id) = evidence.figure_id
    where evidence.source_file is not null
    group by
        catalogue.figure_id,
        evidence.source_file

)

select * from final
